SET NAMES utf8mb4;
SET FOREIGN_KEY_CHECKS = 0;
DROP TABLE IF EXISTS `node`;
CREATE TABLE `node` (
  `nid` int(10) unsigned NOT NULL AUTO_INCREMENT,
  `vid` int(10) unsigned DEFAULT NULL,
  `type` varchar(32) CHARACTER SET ascii NOT NULL,
  `uuid` char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `langcode` varchar(12) CHARACTER SET ascii NOT NULL DEFAULT 'en',
  PRIMARY KEY (`nid`),
  UNIQUE KEY `node_field__uuid__value` (`uuid`),
  UNIQUE KEY `node__vid` (`vid`),
  KEY `node_field__type__target_id` (`type`),
  CONSTRAINT `fk_vid` FOREIGN KEY (`vid`) REFERENCES `node_revision` (`vid`) ON DELETE SET NULL
) ENGINE=InnoDB AUTO_INCREMENT=4711 DEFAULT CHARSET=utf8mb4 COMMENT='The base table for node entities.';
CREATE TABLE `node_revision` (
  `vid` int(10) unsigned NOT NULL AUTO_INCREMENT,
  `nid` int(10) unsigned NOT NULL,
  `revision_uid` int(10) unsigned DEFAULT NULL COMMENT 'The ID of the target entity.',
  `revision_timestamp` int(11) DEFAULT NULL,
  `revision_log` longtext,
  `status` tinyint(1) NOT NULL DEFAULT '1',
  PRIMARY KEY (`vid`),
  KEY (`nid`),
  CONSTRAINT `fk_nid` FOREIGN KEY (`nid`) REFERENCES `node` (`nid`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE TABLE `taxonomy_index` (
  `nid` int(10) unsigned NOT NULL DEFAULT '0',
  `tid` smallint(5) unsigned NOT NULL,
  `sticky` tinyint(4) DEFAULT '0',
  `created` datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
  `weight` decimal(4,1) unsigned NOT NULL DEFAULT '0.0',
  `flags` set('a','b','c') DEFAULT NULL,
  `yr` year(4) DEFAULT NULL,
  PRIMARY KEY (`nid`,`tid`),
  CONSTRAINT FOREIGN KEY (`nid`) REFERENCES `node` (`nid`),
  FULLTEXT KEY `x` (`flags`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4
/*!50100 PARTITION BY HASH (nid) PARTITIONS 4 */;
DELIMITER ;;
CREATE TRIGGER `t` BEFORE INSERT ON `node` FOR EACH ROW BEGIN SET NEW.langcode = 'en'; END;;
DELIMITER ;
